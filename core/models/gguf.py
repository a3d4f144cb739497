"""A GGUF file written once as a bf16 model folder; it does not know where the file came from.

transformers dequantises the GGUF in about ten seconds; the folder that comes out loads in half a second.
"""

from pathlib import Path


def convert(blob: Path, target: Path) -> None:
    """Write config, bf16 safetensors and tokenizer of the GGUF `blob` into the new folder `target`.

    The plain model is built from the config and given the state dict: a model that was loaded from GGUF carries a
    quantization config with which transformers refuses to save.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    source, name = str(blob.parent), blob.name
    loaded = AutoModelForCausalLM.from_pretrained(source, gguf_file=name, dtype=torch.float32)
    config = loaded.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    plain = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    plain.load_state_dict(loaded.state_dict())
    plain.tie_weights()
    target.mkdir()
    plain.save_pretrained(target)
    AutoTokenizer.from_pretrained(source, gguf_file=name).save_pretrained(target)
