"""Reports of web sites: who comes and what from, what is read, looked at closely, clicked and bought."""
