# syntax=docker/dockerfile:1
FROM rust:1-bookworm AS build
WORKDIR /build
COPY . .
# The bundled libpq links to OpenSSL; the rust image has its headers, a C compiler and pkg-config.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --release --locked --bin xiaoqu \
    && install -D target/release/xiaoqu /out/xiaoqu

# postgresql-client: `xiaoqu backup` runs pg_dump, which must be at least as new as the server (15 in docker-compose.yml).
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libssl3 postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --home-dir /var/lib/xiaoqu --create-home xiaoqu
COPY --from=build /out/xiaoqu /usr/local/bin/xiaoqu
USER 10001:10001
WORKDIR /var/lib/xiaoqu
VOLUME /var/lib/xiaoqu
ENV XIAOQU_LISTEN=0.0.0.0:8080
EXPOSE 8080
# bash speaks TCP itself, so that the image needs no curl. A service on another port states its own check.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /readyz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["xiaoqu"]
CMD ["serve"]
