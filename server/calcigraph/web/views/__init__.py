"""Values of the services in, what a page shows of them out; the templates are in `web/templates`."""
