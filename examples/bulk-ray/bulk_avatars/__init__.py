"""Makes the avatars of a bucket again: millions of keys, on an engine that exists.

``avatar.Worker`` is the function that an engine maps over batches of keys. ``ray_engine`` and
``spark_engine`` are the engines, ``run`` is the job around them.
"""
