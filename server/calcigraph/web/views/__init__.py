"""Values of the services in, what a page shows of them out; the templates lie beside this room."""
