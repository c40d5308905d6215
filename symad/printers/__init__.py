"""Program in, text out: one emitter, one table a target."""
