#!/bin/sh
# Writes docker/.env with fresh random secrets (0600), once: an existing file is left as it is, because its passwords
# are already those of the volumes.
set -eu
cd "$(dirname "$0")"
if [ -e .env ]; then
  echo "docker/.env exists and stays as it is. Remove it and the volumes to begin anew."
  exit 0
fi
random() { head -c "$1" /dev/urandom | od -An -tx1 | tr -d ' \n'; }
umask 077
cat > .env.tmp <<ENV
# Made by make-env.sh. Keep it: the volumes were made with these passwords.
POSTGRES_PASSWORD=$(random 24)
PLINTH_JWT_SECRET=$(random 32)
MINIO_ROOT_USER=plinth-$(random 4)
MINIO_ROOT_PASSWORD=$(random 24)
REDIS_PASSWORD=$(random 24)
# The URL that browsers and apps use, and the port on this machine.
PLINTH_PUBLIC_URL=http://127.0.0.1:8000
PLINTH_PORT=8000
ENV
mv .env.tmp .env
echo "docker/.env written. Next: docker compose up -d --wait"
