"""Small changes of the program in, those that no test notices out; see CONTRIBUTING, and `mutants.toml`."""
