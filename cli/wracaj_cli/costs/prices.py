"""Public prices in US dollars: N. Virginia, November 2026, without the free tiers. The prices in
Ireland differ by a few per cent."""

TRANSITION = 0.025 / 1000  # https://aws.amazon.com/step-functions/pricing/
WRITE_UNIT = 0.625 / 1e6  # https://aws.amazon.com/dynamodb/pricing/on-demand/
READ_UNIT = 0.125 / 1e6
HTTP_REQUEST = 1.00 / 1e6  # https://aws.amazon.com/api-gateway/pricing/
LAMBDA_REQUEST = 0.20 / 1e6  # https://aws.amazon.com/lambda/pricing/
LAMBDA_GB_SECOND = 0.0000133334  # arm64
LOG_GB = 0.50  # https://aws.amazon.com/cloudwatch/pricing/
QUEUE_REQUEST = 0.40 / 1e6  # https://aws.amazon.com/sqs/pricing/
MAIL = 0.10 / 1000  # https://aws.amazon.com/ses/pricing/

# A month's standing costs.
ALARM_METRIC = 0.10  # each metric that an alarm watches
METRIC = 0.30  # each of our own, in a month in which it is counted all the time
SECRET = 0.40  # https://aws.amazon.com/secrets-manager/pricing/

REGION, AS_OF = "us-east-1", "2026-11"
SMS_PART = 0.04  # an example: it depends on the country and on the way
