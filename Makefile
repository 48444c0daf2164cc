.DEFAULT_GOAL := help
.PHONY: help up start stop clean run logs ps test it test-image test-client bench test-bench format dist picture

help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: ## Starts the cluster and waits until it can run a task
	@./sparkling up

start: ## Starts a stopped cluster
	@./sparkling start

stop: ## Stops the cluster and keeps its containers
	@./sparkling stop

clean: ## Removes containers, network and built images; keeps spark-warehouse/ and checkpoints/
	@./sparkling clean --yes

run: ## Runs the pipeline of spark-pipeline.yml, and starts the cluster before if it is not up
	@./sparkling run

logs: ## Shows the logs of system and application
	@./sparkling logs

ps: ## Lists the services and their states
	@./sparkling ps

test: ## Runs the unit tests and checks; needs no Docker
	mvn -B -ntp verify

it: ## Runs the end-to-end tests on a real Docker engine
	mvn -B -ntp verify -DskipITs=false -Dsurefire.skip=true

test-image: ## Builds the image with both builders and tries it on a real Docker engine
	docker/test

test-client: ## Runs the Python client's tests against a Spark Connect server of their own
	python3 -m venv target/client-tests
	target/client-tests/bin/pip install -q -r src/test/python/requirements.txt
	cd src/test/python && PYTHONPATH=../../main/python ../../../target/client-tests/bin/python -m pytest -q

bench: ## Measures Sparkling beside the usual compose project, into docs/; needs a quiet machine and much time
	bench/run --publish --wait-quiet 600

test-bench: ## Runs the tests of the measuring program; needs no Docker
	python3 -B -m unittest discover -s bench/tests -t bench

format: ## Formats the sources
	mvn -q -B -ntp spotless:apply

dist: ## Packs target/sparkling-VERSION.tar.gz
	mvn -q -B -ntp -DskipTests package

picture: ## Draws docs/run.svg from a real run in a terminal
	python3 -m venv target/picture
	target/picture/bin/pip install -q -r tools/picture/requirements.txt
	target/picture/bin/python tools/picture/draw.py docs/run.svg 92 ./sparkling run
