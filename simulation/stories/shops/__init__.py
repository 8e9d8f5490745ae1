"""How each platform words what happens in a shop. A body is (topic, content)."""
