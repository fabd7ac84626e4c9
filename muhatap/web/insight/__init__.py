"""Reports: figures, their definitions, and the conversations behind them."""
