# syntax=docker/dockerfile:1
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --require-hashes -r requirements.txt
WORKDIR /app
COPY . .
# The key is only needed to load the settings; it never reaches a running container.
RUN SECRET_KEY=only-while-building STATIC_MANIFEST=1 STATIC_ROOT=/static \
    /venv/bin/python manage.py collectstatic --noinput -v0 \
    && /venv/bin/python -m compileall -q .

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 STATIC_MANIFEST=1 STATIC_ROOT=/static
# Typefaces of the world's scripts for printed documents; Latin, Greek and Cyrillic come with the product.
ARG FONTS="fonts-noto-core fonts-noto-cjk"
RUN if [ -n "$FONTS" ]; then apt-get update -qq && apt-get install -y -qq --no-install-recommends $FONTS \
    && rm -rf /var/lib/apt/lists/*; fi
RUN useradd --system --uid 10001 --home-dir /app salesops
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /static /static
COPY --from=build --chown=root:root /app /app
RUN install -d -o salesops -g salesops /app/var
USER salesops
VOLUME /app/var
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-m", "salesops.probe", "web"]
# As the first process of the container each of these gets the stop signal itself.
CMD ["gunicorn", "salesops.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", \
     "--max-requests", "2000", "--max-requests-jitter", "200", "--timeout", "30", \
     "--no-control-socket", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-"]
