"""Steps as the product keeps them in its packages: JSON task trees (language 9). Pure, both ways."""
