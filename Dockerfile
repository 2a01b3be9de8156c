# syntax=docker/dockerfile:1
# `sendtrail` for one machine: docker run -v "$PWD:/data" sendtrail/cli. The folder has .env, sendtrail.toml and the database.

FROM python:3.13-slim-bookworm AS build
WORKDIR /src
COPY requirements.lock pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY deploy deploy
COPY sendtrail sendtrail
COPY sql sql
# Everything of the lock, tools included, and the project's wheel; the lock is complete, so pip resolves nothing.
RUN python -m venv /opt/tools \
    && /opt/tools/bin/pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r requirements.lock \
    && /opt/tools/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheel . \
    && /opt/tools/bin/pip install --no-cache-dir --no-deps /wheel/*.whl
# What the command needs of it, and nothing else, is what is copied from here.
RUN /opt/tools/bin/python -m deploy.requirements > /wheel/requirements.txt \
    && python -m venv /opt/sendtrail \
    && /opt/sendtrail/bin/pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r /wheel/requirements.txt \
    && /opt/sendtrail/bin/pip install --no-cache-dir --no-deps /wheel/*.whl

FROM python:3.13-slim-bookworm
COPY --from=build /opt/sendtrail /opt/sendtrail
ENV PATH=/opt/sendtrail/bin:$PATH PYTHONUNBUFFERED=1
# Nothing needs root. The folder that is mounted has to be writable for this user: or add --user "$(id -u)" to docker run.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin sendtrail \
    && install --directory --owner=sendtrail /data
USER 10001
WORKDIR /data
ENTRYPOINT ["sendtrail"]
CMD ["sync"]
