"""Meta, as far as shops use it: calls to its Graph API. Apart from channels/, which loads the template engine."""
