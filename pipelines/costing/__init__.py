"""What of costing is said badly in SQL: the refresh window, checks of prices."""
