# One image for every program: `docker run … whale-watcher python -m scanner`. Settings come from the environment;
# secrets best from files (BOT_TOKEN_FILE=/run/secrets/bot_token). The root file system may be read-only.
# It holds what the programs need and nothing else: no PostgreSQL, Valkey or nginx, no pip, no compiler.
ARG PYTHON_IMAGE=python:3.11.13-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
# LOCK=tracing adds what sends traces to a collector (TRACES_URL).
ARG LOCK=run
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/pip && python -m venv --without-pip /opt/venv
COPY requirements/${LOCK}.lock /tmp/run.lock
# What no program imports goes: of cffi only its binary part is used, and of Sentry only what reads the log.
RUN /opt/pip/bin/pip --python /opt/venv/bin/python install --quiet --no-compile --only-binary :all: \
      --require-hashes -r /tmp/run.lock \
 && cd /opt/venv/lib/python3.11/site-packages \
 && find . -type d \( -name tests -o -name test -o -name sboms \) -prune -exec rm -rf {} + \
 && find . -type f \( -name '*.c' -o -name '*.h' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.pyi' \) -delete \
 && find sentry_sdk/integrations -mindepth 1 -maxdepth 1 ! -name '_*' ! -name logging.py ! -name dedupe.py \
      -exec rm -rf {} + \
 && rm -r cffi pycparser pydantic/v1 \
 && python -m compileall -q /opt/venv/lib
COPY . /app
# Of what is known of the world's languages (34 MiB), only what the programs speak stays.
RUN rm -rf /app/requirements && /opt/venv/bin/python -m compileall -q /app \
 && cd /opt/venv/lib/python3.11/site-packages/babel && mkdir spoken \
 && for language in root en $(cd /app/messaging/languages && ls -d ??); do mv locale-data/$language.dat spoken/; done \
 && rm -r locale-data && mv spoken locale-data

FROM ${PYTHON_IMAGE}
RUN useradd --system --uid 10001 --user-group --create-home --home-dir /home/whale whale \
 && install -d -o whale -g whale /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data \
    WEBHOOK_HOST=0.0.0.0 METRICS_PORT=9100
USER whale
VOLUME /data
EXPOSE 8080 9100
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["python", "-S", "-m", "runtime.processes.ready_probe"]
CMD ["python", "-m", "bot"]
