"""Rules on steps whose result is another one each time that they run (CPL405, CPL406)."""
