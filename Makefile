.DEFAULT_GOAL := help
.PHONY: help up start stop clean run logs ps test it bench format dist picture

help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

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

test: ## Runs the unit tests; needs no Docker
	mvn -q -B -ntp verify

it: ## Runs the end-to-end tests on a real Docker engine
	mvn -B -ntp verify -DskipITs=false -Dsurefire.skip=true

bench: ## Measures speed against a peer
	bench/run

format: ## Formats the sources
	mvn -q -B -ntp spotless:apply

dist: ## Packs target/sparkling-VERSION.tar.gz
	mvn -q -B -ntp -DskipTests package
