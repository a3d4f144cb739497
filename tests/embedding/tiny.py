"""Tiny randomly initialised models in sentence-transformers' layout, written to a folder; no weights are fetched."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel, XLMRobertaConfig, XLMRobertaModel

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "query", "passage", ":", "the", "scale", "may", "be", "returned", "within"]
WORDS += ["days", "who", "pays", "for", "travel", ".", "?"]
SHAPE = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}


def write_tokenizer(folder: Path) -> None:
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    told = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 40, **special}
    (folder / "tokenizer_config.json").write_text(json.dumps(told))


def write_model(folder: Path, kind: str = "bert") -> torch.nn.Module:
    """Config, random weights and tokenizer; returns the module itself."""
    torch.manual_seed(7)
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "bert":
        model = BertModel(BertConfig(vocab_size=len(WORDS), max_position_embeddings=40, pad_token_id=0, **SHAPE))
    elif kind == "xlm-roberta":
        config = XLMRobertaConfig(vocab_size=len(WORDS), max_position_embeddings=40, pad_token_id=1, **SHAPE)
        model = XLMRobertaModel(config)
    else:
        model = DistilBertModel(
            DistilBertConfig(
                vocab_size=len(WORDS), max_position_embeddings=40, dim=16, n_layers=2, n_heads=2, hidden_dim=32
            )
        )
    for parameter in model.parameters():  # far from zero, so that an error of order or place shows
        torch.nn.init.normal_(parameter, std=0.4)
    model.save_pretrained(folder)
    write_tokenizer(folder)
    return model.eval()


def write_sentence_model(
    folder: Path,
    *,
    pooling: dict[str, object] | None = None,
    normalise: bool = False,
    dense: bool = False,
    prompts: dict[str, str] | None = None,
    kind: str = "bert",
) -> torch.nn.Module:
    """A whole folder as sentence-transformers saves it; returns the transformer."""
    model = write_model(folder, kind)
    modules = [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}]
    modules.append({"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"})
    (folder / "1_Pooling").mkdir()
    settings = {"word_embedding_dimension": 16, **(pooling or {"pooling_mode_mean_tokens": True})}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(settings))
    if dense:
        place = folder / "2_Dense"
        place.mkdir()
        modules.append({"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"})
        told = {"in_features": 16, "out_features": 8, "bias": True}
        told["activation_function"] = "torch.nn.modules.activation.Tanh"
        (place / "config.json").write_text(json.dumps(told))
        save_file({"linear.weight": torch.randn(8, 16), "linear.bias": torch.randn(8)}, place / "model.safetensors")
    if normalise:
        modules.append({"idx": 3, "name": "3", "path": "3_Normalize", "type": "sentence_transformers.models.Normalize"})
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 12, "do_lower_case": False}))
    if prompts is not None:
        (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts}))
    return model
