"""PDF of Word documents through LibreOffice; see `templates.convert.converter`."""
