FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 HOST=0.0.0.0 DATA_DIR=/data
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
RUN useradd --system --uid 10001 steward && mkdir -p /data/uploads && chown -R steward /data
USER steward
VOLUME /data
EXPOSE 8000
CMD ["python", "manage.py", "serve"]
