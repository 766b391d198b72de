# Chancery: pages, workers and the command line in one image; LibreOffice and the letters' fonts inside.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONPATH=/app \
    CHANCERY_MODE=production \
    CHANCERY_DATA_DIR=/data

# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libreoffice-writer-nogui \
        libreoffice-calc-nogui \
        fonts-liberation2 \
        fonts-noto-core \
        fonts-noto-cjk \
        fonts-hosny-amiri \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin chancery \
    && install -d -o chancery -g chancery /data

WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt
COPY workflow ./workflow
COPY tasks ./tasks
COPY web ./web
COPY templates ./templates
RUN python -m compileall -q workflow tasks web

USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "8", "--access-logfile", "-", "web.wsgi:app"]
