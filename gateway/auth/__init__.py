"""Sender authentication: what SPF, DKIM, DMARC and ARC say of a message. Facts for policy, never decisions."""
