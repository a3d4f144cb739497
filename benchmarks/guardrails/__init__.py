"""What the guardrails find and what they wrongly take for it, on public data, beside others."""
