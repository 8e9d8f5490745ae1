"""`wracaj shopper`: a shopper's story, for support, who have an e-mail address and no
cart's id.

`story` says what there is to tell, `reading` alone asks the store, `tables` and `as_json` tell it.
"""
