"""The built-in rules of copylast: an ordinary plugin.

Rules are named here and imported when they are selected; a test holds the table against the classes.
"""

from __future__ import annotations

import os

from copylast import RuleEntry, Severity

_RULES = (
    RuleEntry(
        "CPL101",
        "source-before-install",
        Severity.WARNING,
        "copylast_rules.order.source_before_install:SourceBeforeInstall",
    ),
    RuleEntry(
        "CPL102",
        "source-before-system-packages",
        Severity.WARNING,
        "copylast_rules.order.source_before_system_packages:SourceBeforeSystemPackages",
    ),
    RuleEntry(
        "CPL103",
        "install-builds-project",
        Severity.WARNING,
        "copylast_rules.order.install_builds_project:InstallBuildsProject",
    ),
    RuleEntry(
        "CPL104",
        "manifest-not-copied",
        Severity.WARNING,
        "copylast_rules.order.manifest_not_copied:ManifestNotCopied",
    ),
    RuleEntry(
        "CPL105",
        "lockfile-not-copied",
        Severity.WARNING,
        "copylast_rules.order.lockfile_not_copied:LockfileNotCopied",
    ),
    RuleEntry(
        "CPL106",
        "dependencies-installed-twice",
        Severity.WARNING,
        "copylast_rules.order.dependencies_installed_twice:DependenciesInstalledTwice",
    ),
    RuleEntry(
        "CPL107",
        "source-before-download",
        Severity.WARNING,
        "copylast_rules.order.source_before_download:SourceBeforeDownload",
    ),
    RuleEntry(
        "CPL108",
        "install-and-build-in-one-step",
        Severity.WARNING,
        "copylast_rules.order.install_and_build_in_one_step:InstallAndBuildInOneStep",
    ),
    RuleEntry(
        "CPL109",
        "stable-after-volatile",
        Severity.INFO,
        "copylast_rules.order.stable_after_volatile:StableAfterVolatile",
        opt_in=True,
    ),
    RuleEntry(
        "CPL201",
        "volatile-argument-early",
        Severity.WARNING,
        "copylast_rules.arguments.volatile_argument_early:VolatileArgumentEarly",
    ),
    RuleEntry(
        "CPL202",
        "volatile-variable-early",
        Severity.WARNING,
        "copylast_rules.arguments.volatile_variable_early:VolatileVariableEarly",
    ),
    RuleEntry(
        "CPL204",
        "unused-argument",
        Severity.INFO,
        "copylast_rules.arguments.unused_argument:UnusedArgument",
    ),
    RuleEntry(
        "CPL205",
        "platform-argument-early",
        Severity.INFO,
        "copylast_rules.arguments.platform_argument_early:PlatformArgumentEarly",
        opt_in=True,
    ),
    RuleEntry(
        "CPL206",
        "proxy-argument-declared",
        Severity.WARNING,
        "copylast_rules.arguments.proxy_argument_declared:ProxyArgumentDeclared",
    ),
    RuleEntry(
        "CPL207",
        "metadata-early",
        Severity.INFO,
        "copylast_rules.arguments.metadata_early:MetadataEarly",
        opt_in=True,
    ),
    RuleEntry(
        "CPL301",
        "ignore-file-missing",
        Severity.INFO,
        "copylast_rules.context.ignore_file_missing:IgnoreFileMissing",
    ),
    RuleEntry(
        "CPL302",
        "churn-in-context",
        Severity.INFO,
        "copylast_rules.context.churn_in_context:ChurnInContext",
    ),
    RuleEntry(
        "CPL303",
        "artifacts-in-context",
        Severity.INFO,
        "copylast_rules.context.artifacts_in_context:ArtifactsInContext",
    ),
    RuleEntry(
        "CPL304",
        "build-files-in-context",
        Severity.INFO,
        "copylast_rules.context.build_files_in_context:BuildFilesInContext",
        opt_in=True,
    ),
    RuleEntry(
        "CPL305",
        "ignore-pattern-not-nested",
        Severity.INFO,
        "copylast_rules.context.ignore_pattern_not_nested:IgnorePatternNotNested",
    ),
    RuleEntry(
        "CPL306",
        "copied-path-ignored",
        Severity.ERROR,
        "copylast_rules.context.copied_path_ignored:CopiedPathIgnored",
    ),
    RuleEntry(
        "CPL307",
        "ignore-pattern-without-effect",
        Severity.INFO,
        "copylast_rules.context.ignore_pattern_without_effect:IgnorePatternWithoutEffect",
        opt_in=True,
    ),
    RuleEntry(
        "CPL401",
        "no-cache-mount",
        Severity.INFO,
        "copylast_rules.mounts.no_cache_mount:NoCacheMount",
        opt_in=True,
    ),
    RuleEntry(
        "CPL402",
        "cache-mount-defeated",
        Severity.INFO,
        "copylast_rules.mounts.cache_mount_defeated:CacheMountDefeated",
    ),
    RuleEntry(
        "CPL404",
        "stale-package-index",
        Severity.WARNING,
        "copylast_rules.mounts.stale_package_index:StalePackageIndex",
    ),
    RuleEntry(
        "CPL405",
        "unpinned-download",
        Severity.INFO,
        "copylast_rules.freshness.unpinned_download:UnpinnedDownload",
        opt_in=True,
    ),
    RuleEntry(
        "CPL406",
        "volatile-command",
        Severity.INFO,
        "copylast_rules.freshness.volatile_command:VolatileCommand",
    ),
    RuleEntry(
        "CPL501",
        "link-disabled",
        Severity.INFO,
        "copylast_rules.stages.link_disabled:LinkDisabled",
    ),
    RuleEntry(
        "CPL502",
        "broad-copy-from-stage",
        Severity.INFO,
        "copylast_rules.stages.broad_copy_from_stage:BroadCopyFromStage",
    ),
    RuleEntry(
        "CPL503",
        "cache-export-min",
        Severity.INFO,
        "copylast_rules.stages.cache_export_min:CacheExportMin",
    ),
    RuleEntry(
        "CPL504",
        "floating-base",
        Severity.INFO,
        "copylast_rules.stages.floating_base:FloatingBase",
        opt_in=True,
    ),
)


def copylast_get_rules() -> tuple[RuleEntry, ...]:
    """Every built-in rule."""
    return _RULES


def copylast_get_ecosystems() -> tuple[str, ...]:
    """The descriptors that come with copylast."""
    return (os.path.join(os.path.dirname(__file__), "ecosystems"),)
