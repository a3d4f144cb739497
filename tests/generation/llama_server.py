"""llama.cpp's own server as a child process: prints its address, serves until its input ends.

    python -m tests.generation.llama_server MODEL.gguf KEY

It imports nothing of Touchstone.
"""

import sys

import xllamacpp


def main() -> None:
    params = xllamacpp.CommonParams()
    params.model.path, params.model_alias = sys.argv[1], {"smollm2"}
    params.api_keys = [sys.argv[2]]
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.n_ctx, params.n_parallel, params.verbosity = 8192, 2, -1
    params.endpoint_slots = True
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1  # two spin for each other where others compute
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
