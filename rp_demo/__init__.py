"""The relying party of the demonstration: an own process with own settings and pages."""
