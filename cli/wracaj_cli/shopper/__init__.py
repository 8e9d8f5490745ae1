"""`wracaj shopper`: what is known of a shopper. It is for support staff, who know an e-mail address
but no cart id.

`story` has the data classes, `reading` and `known` read the store, `tables` and `as_json` show the
result.
"""
