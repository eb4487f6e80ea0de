"""What is kept: the tables, the database they lie in, transactions, and the audit trail."""
