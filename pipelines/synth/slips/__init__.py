"""What goes wrong in single records of the made Tayside.

Belongs here: slips of one record, by what they spoil, and which feed has which. Does not belong here: where they are planted
(`pipelines/synth/mess.py`), what goes wrong with a whole file (`pipelines/synth/whole_files.py`).
"""
