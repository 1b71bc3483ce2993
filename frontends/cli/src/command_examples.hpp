#pragma once

#include "command.hpp"

#include <array>

// What help shows below the commands of the reference.
namespace fairlead::cli {

inline constexpr std::array up_examples = {
    Example{"up", "bring up the project in this folder"},
    Example{"up --workspace-folder ~/project --backend docker", "another folder, on Docker"},
    Example{"up https://example.org/team/project.git@main", "a clone of a Git repository"},
    Example{"up --remove-existing-container", "throw the container away and make a new one"}};
inline constexpr std::array set_up_examples = {
    Example{"set-up --container-id 3f2a", "make a dev container of a container that runs already"},
    Example{"set-up --container-id 3f2a --config devcontainer.json",
            "with the commands and settings of a file"}};
inline constexpr std::array build_examples = {
    Example{"build", "build the image of the project in this folder"},
    Example{"build --image-name team/project:dev --push", "name it and push it"}};
inline constexpr std::array user_commands_examples = {
    Example{"run-user-commands", "run what is still due of the lifecycle commands"},
    Example{"run-user-commands --skip-post-attach", "all but postAttachCommand"}};
inline constexpr std::array read_examples = {
    Example{"read-configuration", "print the configuration of this folder as JSON"},
    Example{"read-configuration --include-merged-configuration",
            "together with what its image and Features add"}};
inline constexpr std::array outdated_examples = {
    Example{"outdated", "which Features have newer versions"},
    Example{"outdated --output-format json", "the same for a script"}};
inline constexpr std::array upgrade_examples = {
    Example{"upgrade", "bring the lockfile up to date"},
    Example{"upgrade --dry-run", "print what it would become"}};
inline constexpr std::array test_examples = {
    Example{"features test -p . -i debian:12", "all tests of the collection in this folder"},
    Example{"features test -f git --skip-scenarios", "the generated test of one Feature"}};
inline constexpr std::array info_examples = {
    Example{"features info tags ghcr.io/devcontainers/features/git",
            "which versions are published"},
    Example{"features info verbose ghcr.io/devcontainers/features/git",
            "everything that is known"}};
inline constexpr std::array package_examples = {
    Example{"features package src", "an archive of each Feature below src, in ./output"},
    Example{"features package -o out -f src/git", "one Feature, replacing what is in ./out"}};
inline constexpr std::array publish_examples = {
    Example{"features publish -n owner/repo src", "publish what is not published yet"},
    Example{"features publish -r registry.example -n team/tools src", "to a registry of your own"}};
inline constexpr std::array docs_examples = {
    Example{"features generate-docs -p src -n owner/repo", "a README.md for each Feature"},
    Example{"features generate-docs -p src -n owner/repo --github-owner owner --github-repo repo",
            "with links to the sources"}};
inline constexpr std::array apply_examples = {
    Example{"templates apply -t ghcr.io/devcontainers/templates/debian",
            "write its files into this folder"},
    Example{"templates apply -t ghcr.io/owner/repo/go -a '{\"version\":\"1.22\"}'",
            "choose an option"}};
inline constexpr std::array publish_template_examples = {
    Example{"templates publish -n owner/repo src", "publish what is not published yet"},
    Example{"templates publish -r registry.example -n team/tools src",
            "to a registry of your own"}};
inline constexpr std::array template_metadata_examples = {
    Example{"templates metadata ghcr.io/devcontainers/templates/debian",
            "options and files of a Template"},
    Example{"templates metadata ghcr.io/owner/repo/go:1", "of one version"}};
inline constexpr std::array template_docs_examples = {
    Example{"templates generate-docs -p src", "a README.md for each Template"},
    Example{"templates generate-docs -p src --github-owner owner --github-repo repo",
            "with links to the sources"}};
inline constexpr std::array resolve_examples = {
    Example{"features resolve-dependencies", "which Features get installed, and in which order"},
    Example{"features resolve-dependencies --workspace-folder ~/project", "for another folder"}};
inline constexpr std::array exec_examples = {
    Example{"exec bash", "a shell in the dev container of this folder"},
    Example{"exec -- make -j4 test", "run a command with flags of its own"},
    Example{"exec --remote-env CI=1 ./run-tests", "with one more environment variable"}};

}  // namespace fairlead::cli
