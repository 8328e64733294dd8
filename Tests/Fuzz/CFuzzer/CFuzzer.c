// Nothing: the header declares what the compiler brings.
