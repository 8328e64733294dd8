#!/usr/bin/env bash
# Makes a certificate authority and a certificate of it, for development and tests:
#
#     scripts/make-certificate.sh FOLDER NAME...
#
# FOLDER gets ca.pem, cert.pem and key.pem; the certificate is for the NAMEs, DNS names or IP
# addresses, for a year. What is there and still valid for a day and the same names stays.
set -euo pipefail

[ $# -ge 2 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
folder=$1
shift
names=""
for name in "$@"; do
    case $name in
        *[!0-9.]*) kind=DNS ;;
        *) kind=IP ;;
    esac
    names="${names:+$names,}$kind:$name"
done

umask 077
mkdir -p "$folder"
cd "$folder"
if [ "$(cat names 2>/dev/null)" = "$names" ] && openssl x509 -checkend 86400 -noout -in cert.pem \
    >/dev/null 2>&1; then
    exit 0
fi

quiet() { "$@" >openssl.log 2>&1 || { cat openssl.log >&2; exit 1; }; }
quiet openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 \
    -subj "/CN=Sluice development authority" -keyout ca-key.pem -out ca.pem \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign"
quiet openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
    -keyout key.pem -out request.pem
printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "$names" >extensions
quiet openssl x509 -req -in request.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 365 \
    -extfile extensions -out cert.pem
# Nobody is to make another certificate that this machine would trust.
rm -f ca-key.pem ca.srl request.pem extensions openssl.log
printf '%s' "$names" >names
