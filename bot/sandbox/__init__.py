"""The sandbox: LINE and Telegram on loopback, a clock to turn, and a page to try it all."""
