//! What does it mean: yield, life, duration, price?
