"""Speech: text to a voice, a voice to text, and sounds to what WhatsApp plays. No word of Django."""
