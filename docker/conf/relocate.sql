-- Lets the catalog follow a project whose folder has another name now: it holds absolute places, of databases, of
-- tables and of their files. OLD and NEW are replaced by the folders before this runs.
update DBS set DB_LOCATION_URI = 'file:@NEW@' || substr(DB_LOCATION_URI, length('file:@OLD@') + 1)
    where substr(DB_LOCATION_URI || '/', 1, length('file:@OLD@/')) = 'file:@OLD@/';
update SDS set LOCATION = 'file:@NEW@' || substr(LOCATION, length('file:@OLD@') + 1)
    where substr(LOCATION || '/', 1, length('file:@OLD@/')) = 'file:@OLD@/';
update SERDE_PARAMS set PARAM_VALUE = 'file:@NEW@' || substr(cast(PARAM_VALUE as varchar(4000)), length('file:@OLD@') + 1)
    where PARAM_KEY = 'path'
    and substr(cast(PARAM_VALUE as varchar(4000)) || '/', 1, length('file:@OLD@/')) = 'file:@OLD@/';
