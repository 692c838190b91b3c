"""The front beside hostile clients, beside crowds, and beside a former commit and `oxigraph serve`."""
