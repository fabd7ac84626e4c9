"""Files of rows, read without trust: CSV, XLSX and vCard become one header and lines of text. Knows neither Django nor contacts."""
