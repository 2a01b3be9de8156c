"""What the dispatcher and the workers share: values, rules, ports and the adapters behind them."""
