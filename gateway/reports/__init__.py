"""Reports for supervisors and auditors: facts of custody and journal, as pages, PDF and CSV."""
