"""What runs by itself. Every duty can run anywhere, any number of times, and be killed at any
point: what is half done is found and finished by whoever comes next.
"""
