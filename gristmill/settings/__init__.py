"""Settings: one table of keys with type, default and a sentence.

A value comes from the first place that names it: flag, `GRISTMILL_<NAME>` in the environment,
`$GRISTMILL_HOME/config.toml`, the default. `jobs.photon.maxConcurrent` is `GRISTMILL_JOBS_PHOTON_MAX_CONCURRENT`
in the environment and `Settings.jobs_photon_max_concurrent` in the program (platform 11.5).
"""

from gristmill.settings.kinds import PREFIX, InstanceType, Reach, Setting, SettingError
from gristmill.settings.loading import load_settings, read_value
from gristmill.settings.table import HOME, TABLE, Settings

__all__ = [
    "HOME",
    "PREFIX",
    "TABLE",
    "InstanceType",
    "Reach",
    "Setting",
    "SettingError",
    "Settings",
    "load_settings",
    "read_value",
]
