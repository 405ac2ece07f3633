"""Flow packages of the product: their JSON document, in any of its dialects, as frozen values (language 10). Pure."""
