"""What others see of a domain: records about its mail, judged one by one, with how to mend each in plain words."""
