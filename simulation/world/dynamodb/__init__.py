"""DynamoDB in memory: values, expressions, tables and the service that answers."""
