# One image for every program: `docker run … whale-watcher python -m scanner`. Settings come from the environment;
# secrets best from files (BOT_TOKEN_FILE=/run/secrets/bot_token). The root file system may be read-only.
FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/run.lock /tmp/run.lock
RUN /opt/venv/bin/pip install --quiet --require-hashes -r /tmp/run.lock

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /home/whale whale \
 && install -d -o whale -g whale /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY domain domain
COPY runtime runtime
COPY storage storage
COPY chain chain
COPY messaging messaging
COPY bot bot
COPY scanner scanner
COPY workers workers
COPY sandbox sandbox
RUN /opt/venv/bin/python -m compileall -q /app
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data METRICS_PORT=9100
USER whale
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["python", "-c", \
  "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"METRICS_PORT\"]}/health/live', timeout=2)"]
CMD ["python", "-m", "bot"]
