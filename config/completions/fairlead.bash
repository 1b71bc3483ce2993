# bash completion of fairlead and devcontainer; written by 'fairlead completion bash'.
# The commands after the words $2; with $3 only that one.
_fairlead_commands() {
  local names= name
  case $1:$2 in
    'fairlead:') names='up set-up build run-user-commands read-configuration outdated upgrade features templates exec run shell rebuild list status stop down logs ports forward unforward background sync attach inspect cp prune doctor plugin host config cache init serve completion help' ;;
    'fairlead:features') names='test package publish info resolve-dependencies generate-docs' ;;
    'fairlead:templates') names='apply publish metadata generate-docs' ;;
    'fairlead:plugin') names='list info add remove new enable disable' ;;
    'fairlead:host') names='add list check remove' ;;
    'fairlead:config') names='show validate explain list migrate' ;;
    'fairlead:cache') names='show prune export import' ;;
    'devcontainer:') names='up set-up build run-user-commands read-configuration outdated upgrade features templates exec' ;;
    'devcontainer:features') names='test package publish info resolve-dependencies generate-docs' ;;
    'devcontainer:templates') names='apply publish metadata generate-docs' ;;
  esac
  for name in $names; do
    [[ -z $3 || $3 == "$name" ]] && echo "$name"
  done
}
_fairlead_flags() {
  case $1:$2 in
    'fairlead:') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json' ;;
    'fairlead:up') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --docker-path --docker-compose-path --container-data-folder --container-system-data-folder --workspace-folder --workspace-mount-consistency --gpu-availability --mount-workspace-git-root --mount-git-worktree-common-dir --id-label --config --override-config --log-level --log-format --terminal-columns --terminal-rows --default-user-env-probe --update-remote-user-uid-default --remove-existing-container --build-no-cache --expect-existing-container --skip-post-create --skip-non-blocking-commands --prebuild --user-data-folder --mount --remote-env --cache-from --cache-to --buildkit --additional-features --skip-post-attach --dotfiles-repository --dotfiles-install-command --dotfiles-target-path --container-session-data-folder --secrets-file --no-lockfile --frozen-lockfile --include-configuration --include-merged-configuration --wait --content --remote-workspace-folder --image-name --trust --rebuild-if-changed --secret' ;;
    'fairlead:set-up') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --docker-path --container-data-folder --container-system-data-folder --container-id --config --log-level --log-format --terminal-columns --terminal-rows --default-user-env-probe --skip-post-create --skip-non-blocking-commands --user-data-folder --remote-env --dotfiles-repository --dotfiles-install-command --dotfiles-target-path --container-session-data-folder --include-configuration --include-merged-configuration' ;;
    'fairlead:build') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --user-data-folder --docker-path --docker-compose-path --workspace-folder --config --log-level --log-format --no-cache --image-name --cache-from --cache-to --buildkit --platform --push --label --output --additional-features --no-lockfile --frozen-lockfile --content --remote-workspace-folder --prebuild --trust --secret' ;;
    'fairlead:run-user-commands') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --user-data-folder --docker-path --docker-compose-path --container-data-folder --container-system-data-folder --workspace-folder --mount-workspace-git-root --mount-git-worktree-common-dir --container-id --id-label --config --override-config --log-level --log-format --terminal-columns --terminal-rows --default-user-env-probe --skip-non-blocking-commands --prebuild --stop-for-personalization --remote-env --skip-post-attach --dotfiles-repository --dotfiles-install-command --dotfiles-target-path --container-session-data-folder --secrets-file --remote-workspace-folder' ;;
    'fairlead:read-configuration') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --user-data-folder --docker-path --docker-compose-path --workspace-folder --mount-workspace-git-root --mount-git-worktree-common-dir --container-id --id-label --config --override-config --log-level --log-format --terminal-columns --terminal-rows --include-features-configuration --include-merged-configuration --additional-features --remote-workspace-folder' ;;
    'fairlead:outdated') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --user-data-folder --workspace-folder --config --output-format --log-level --log-format --terminal-columns --terminal-rows' ;;
    'fairlead:upgrade') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --workspace-folder --docker-path --docker-compose-path --config --log-level --dry-run' ;;
    'fairlead:features') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json' ;;
    'fairlead:features test') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --verbose --no-color --json --project-folder --features --filter --global-scenarios-only --skip-scenarios --skip-autogenerated --skip-duplicated --permit-randomization --base-image --remote-user --log-level --preserve-test-containers --quiet' ;;
    'fairlead:features package') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --output-folder --force-clean-output-folder --log-level' ;;
    'fairlead:features publish') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --registry --namespace --log-level' ;;
    'fairlead:features info') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --log-level --output-format' ;;
    'fairlead:features resolve-dependencies') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --log-level --workspace-folder' ;;
    'fairlead:features generate-docs') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --project-folder --registry --namespace --github-owner --github-repo --log-level' ;;
    'fairlead:templates') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json' ;;
    'fairlead:templates apply') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --workspace-folder --template-id --template-args --features --log-level --tmp-dir --omit-paths' ;;
    'fairlead:templates publish') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --registry --namespace --log-level' ;;
    'fairlead:templates metadata') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --log-level' ;;
    'fairlead:templates generate-docs') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --project-folder --github-owner --github-repo --log-level' ;;
    'fairlead:exec') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --user-data-folder --docker-path --docker-compose-path --container-data-folder --container-system-data-folder --workspace-folder --mount-workspace-git-root --mount-git-worktree-common-dir --container-id --id-label --config --override-config --log-level --log-format --terminal-columns --terminal-rows --default-user-env-probe --remote-env --remote-workspace-folder --service --via' ;;
    'fairlead:run') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --docker-path --docker-compose-path --container-data-folder --container-system-data-folder --workspace-folder --workspace-mount-consistency --gpu-availability --mount-workspace-git-root --mount-git-worktree-common-dir --id-label --config --override-config --log-level --log-format --terminal-columns --terminal-rows --default-user-env-probe --update-remote-user-uid-default --remove-existing-container --build-no-cache --expect-existing-container --skip-post-create --skip-non-blocking-commands --prebuild --user-data-folder --mount --remote-env --cache-from --cache-to --buildkit --additional-features --skip-post-attach --dotfiles-repository --dotfiles-install-command --dotfiles-target-path --container-session-data-folder --secrets-file --no-lockfile --frozen-lockfile --include-configuration --include-merged-configuration --content --remote-workspace-folder --trust --secret' ;;
    'fairlead:shell') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --user-data-folder --docker-path --docker-compose-path --container-data-folder --container-system-data-folder --workspace-folder --mount-workspace-git-root --mount-git-worktree-common-dir --container-id --id-label --config --override-config --log-level --log-format --terminal-columns --terminal-rows --default-user-env-probe --remote-env --remote-workspace-folder --via' ;;
    'fairlead:rebuild') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --docker-path --docker-compose-path --container-data-folder --container-system-data-folder --workspace-folder --workspace-mount-consistency --gpu-availability --mount-workspace-git-root --mount-git-worktree-common-dir --id-label --config --override-config --log-level --log-format --terminal-columns --terminal-rows --default-user-env-probe --update-remote-user-uid-default --remove-existing-container --build-no-cache --expect-existing-container --skip-post-create --skip-non-blocking-commands --prebuild --user-data-folder --mount --remote-env --cache-from --cache-to --buildkit --additional-features --skip-post-attach --dotfiles-repository --dotfiles-install-command --dotfiles-target-path --container-session-data-folder --secrets-file --no-lockfile --frozen-lockfile --include-configuration --include-merged-configuration --wait --content --remote-workspace-folder --image-name --trust --no-cache --secret --pull' ;;
    'fairlead:list') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --all' ;;
    'fairlead:status') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --workspace-folder --container-id --id-label --config --log-level --log-format --remote-workspace-folder' ;;
    'fairlead:stop') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --workspace-folder --container-id --id-label --config --log-level --log-format --remote-workspace-folder' ;;
    'fairlead:down') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --workspace-folder --container-id --id-label --config --log-level --log-format --volumes --images --remote-workspace-folder' ;;
    'fairlead:logs') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --workspace-folder --container-id --id-label --config --log-level --log-format --remote-workspace-folder --follow --tail --since' ;;
    'fairlead:ports') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --workspace-folder --container-id --id-label --config --log-level --log-format --remote-workspace-folder --all --watch' ;;
    'fairlead:forward') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --workspace-folder --container-id --id-label --config --log-level --log-format --remote-workspace-folder --background --reverse --address' ;;
    'fairlead:unforward') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --workspace-folder --container-id --id-label --config --log-level --log-format --remote-workspace-folder --reverse' ;;
    'fairlead:background') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --stop' ;;
    'fairlead:sync') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --workspace-folder --container-id --id-label --config --log-level --log-format --remote-workspace-folder' ;;
    'fairlead:attach') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --container-data-folder --container-system-data-folder --log-level --log-format --terminal-columns --terminal-rows --default-user-env-probe --remote-env' ;;
    'fairlead:inspect') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --workspace-folder --container-id --id-label --config --log-level --log-format --remote-workspace-folder' ;;
    'fairlead:cp') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --workspace-folder --container-id --id-label --config --log-level --log-format --remote-workspace-folder' ;;
    'fairlead:prune') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --yes --dry-run' ;;
    'fairlead:doctor') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json' ;;
    'fairlead:plugin') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json' ;;
    'fairlead:plugin list') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json' ;;
    'fairlead:plugin info') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json' ;;
    'fairlead:plugin add') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --yes' ;;
    'fairlead:plugin remove') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --yes' ;;
    'fairlead:plugin new') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json' ;;
    'fairlead:plugin enable') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --yes' ;;
    'fairlead:plugin disable') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --yes' ;;
    'fairlead:host') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json' ;;
    'fairlead:host add') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json' ;;
    'fairlead:host list') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json' ;;
    'fairlead:host check') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json' ;;
    'fairlead:host remove') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json' ;;
    'fairlead:config') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json' ;;
    'fairlead:config show') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --workspace-folder --config --origin' ;;
    'fairlead:config validate') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --workspace-folder --strict' ;;
    'fairlead:config explain') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --workspace-folder --config --override-config' ;;
    'fairlead:config list') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --workspace-folder' ;;
    'fairlead:config migrate') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --workspace-folder --config --dry-run' ;;
    'fairlead:cache') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json' ;;
    'fairlead:cache show') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json' ;;
    'fairlead:cache prune') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --days' ;;
    'fairlead:cache export') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json' ;;
    'fairlead:cache import') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json' ;;
    'fairlead:init') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --workspace-folder --collection --list --from --service --option --feature --omit-path --force --yes' ;;
    'fairlead:serve') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json --describe --socket' ;;
    'fairlead:completion') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json' ;;
    'fairlead:help') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --backend --host --set --plugin-path --offline --quiet --verbose --no-color --json' ;;
    'devcontainer:') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host' ;;
    'devcontainer:up') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --docker-path --docker-compose-path --container-data-folder --container-system-data-folder --workspace-folder --workspace-mount-consistency --gpu-availability --mount-workspace-git-root --mount-git-worktree-common-dir --id-label --config --override-config --log-level --log-format --terminal-columns --terminal-rows --default-user-env-probe --update-remote-user-uid-default --remove-existing-container --build-no-cache --expect-existing-container --skip-post-create --skip-non-blocking-commands --prebuild --user-data-folder --mount --remote-env --cache-from --cache-to --buildkit --additional-features --skip-post-attach --dotfiles-repository --dotfiles-install-command --dotfiles-target-path --container-session-data-folder --secrets-file --no-lockfile --frozen-lockfile --include-configuration --include-merged-configuration' ;;
    'devcontainer:set-up') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --docker-path --container-data-folder --container-system-data-folder --container-id --config --log-level --log-format --terminal-columns --terminal-rows --default-user-env-probe --skip-post-create --skip-non-blocking-commands --user-data-folder --remote-env --dotfiles-repository --dotfiles-install-command --dotfiles-target-path --container-session-data-folder --include-configuration --include-merged-configuration' ;;
    'devcontainer:build') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --user-data-folder --docker-path --docker-compose-path --workspace-folder --config --log-level --log-format --no-cache --image-name --cache-from --cache-to --buildkit --platform --push --label --output --additional-features --no-lockfile --frozen-lockfile' ;;
    'devcontainer:run-user-commands') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --user-data-folder --docker-path --docker-compose-path --container-data-folder --container-system-data-folder --workspace-folder --mount-workspace-git-root --mount-git-worktree-common-dir --container-id --id-label --config --override-config --log-level --log-format --terminal-columns --terminal-rows --default-user-env-probe --skip-non-blocking-commands --prebuild --stop-for-personalization --remote-env --skip-post-attach --dotfiles-repository --dotfiles-install-command --dotfiles-target-path --container-session-data-folder --secrets-file' ;;
    'devcontainer:read-configuration') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --user-data-folder --docker-path --docker-compose-path --workspace-folder --mount-workspace-git-root --mount-git-worktree-common-dir --container-id --id-label --config --override-config --log-level --log-format --terminal-columns --terminal-rows --include-features-configuration --include-merged-configuration --additional-features' ;;
    'devcontainer:outdated') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --user-data-folder --workspace-folder --config --output-format --log-level --log-format --terminal-columns --terminal-rows' ;;
    'devcontainer:upgrade') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --workspace-folder --docker-path --docker-compose-path --config --log-level --dry-run' ;;
    'devcontainer:features') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host' ;;
    'devcontainer:features test') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --project-folder --features --filter --global-scenarios-only --skip-scenarios --skip-autogenerated --skip-duplicated --permit-randomization --base-image --remote-user --log-level --preserve-test-containers --quiet' ;;
    'devcontainer:features package') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --output-folder --force-clean-output-folder --log-level' ;;
    'devcontainer:features publish') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --registry --namespace --log-level' ;;
    'devcontainer:features info') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --log-level --output-format' ;;
    'devcontainer:features resolve-dependencies') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --log-level --workspace-folder' ;;
    'devcontainer:features generate-docs') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --project-folder --registry --namespace --github-owner --github-repo --log-level' ;;
    'devcontainer:templates') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host' ;;
    'devcontainer:templates apply') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --workspace-folder --template-id --template-args --features --log-level --tmp-dir --omit-paths' ;;
    'devcontainer:templates publish') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --registry --namespace --log-level' ;;
    'devcontainer:templates metadata') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --log-level' ;;
    'devcontainer:templates generate-docs') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --project-folder --github-owner --github-repo --log-level' ;;
    'devcontainer:exec') echo '--help --version --oci-auth-hardening --allow-cross-origin-auth-host --user-data-folder --docker-path --docker-compose-path --container-data-folder --container-system-data-folder --workspace-folder --mount-workspace-git-root --mount-git-worktree-common-dir --container-id --id-label --config --override-config --log-level --log-format --terminal-columns --terminal-rows --default-user-env-probe --remote-env' ;;
  esac
}
# What follows a flag: choice, folder, file, text, or nothing.
_fairlead_value() {
  case $1 in
    --workspace-mount-consistency|--gpu-availability|--output-format|--log-level|--log-format|--default-user-env-probe|--update-remote-user-uid-default|--buildkit|--via) echo choice ;;
    --plugin-path|--user-data-folder|--container-data-folder|--container-system-data-folder|--workspace-folder|--dotfiles-target-path|--container-session-data-folder|--project-folder|--output-folder|--tmp-dir) echo folder ;;
    --docker-path|--docker-compose-path|--config|--override-config|--secrets-file|--from) echo file ;;
    --allow-cross-origin-auth-host|--backend|--host|--set|--container-id|--id-label|--terminal-columns|--terminal-rows|--image-name|--mount|--remote-env|--cache-from|--cache-to|--platform|--label|--output|--additional-features|--dotfiles-repository|--dotfiles-install-command|--features|--filter|--base-image|--remote-user|--registry|--namespace|--github-owner|--github-repo|--template-id|--template-args|--omit-paths|--content|--remote-workspace-folder|--secret|--service|--tail|--since|--address|--days|--collection|--option|--feature|--omit-path) echo text ;;
  esac
}
_fairlead_choices() {
  case $1:$2 in
    'up:--workspace-mount-consistency') echo 'consistent cached delegated' ;;
    'up:--gpu-availability') echo 'all detect none' ;;
    'up:--log-level') echo 'info debug trace' ;;
    'up:--log-format') echo 'text json' ;;
    'up:--default-user-env-probe') echo 'none loginInteractiveShell interactiveShell loginShell' ;;
    'up:--update-remote-user-uid-default') echo 'never on off' ;;
    'up:--buildkit') echo 'auto never' ;;
    'set-up:--log-level') echo 'info debug trace' ;;
    'set-up:--log-format') echo 'text json' ;;
    'set-up:--default-user-env-probe') echo 'none loginInteractiveShell interactiveShell loginShell' ;;
    'build:--log-level') echo 'info debug trace' ;;
    'build:--log-format') echo 'text json' ;;
    'build:--buildkit') echo 'auto never' ;;
    'run-user-commands:--log-level') echo 'info debug trace' ;;
    'run-user-commands:--log-format') echo 'text json' ;;
    'run-user-commands:--default-user-env-probe') echo 'none loginInteractiveShell interactiveShell loginShell' ;;
    'read-configuration:--log-level') echo 'info debug trace' ;;
    'read-configuration:--log-format') echo 'text json' ;;
    'outdated:--output-format') echo 'text json' ;;
    'outdated:--log-level') echo 'info debug trace' ;;
    'outdated:--log-format') echo 'text json' ;;
    'upgrade:--log-level') echo 'error info debug trace' ;;
    'features test:--log-level') echo 'info debug trace' ;;
    'features package:--log-level') echo 'info debug trace' ;;
    'features publish:--log-level') echo 'info debug trace' ;;
    'features info:--log-level') echo 'info debug trace' ;;
    'features info:--output-format') echo 'text json' ;;
    'features resolve-dependencies:--log-level') echo 'error info debug trace' ;;
    'features generate-docs:--log-level') echo 'info debug trace' ;;
    'templates apply:--log-level') echo 'info debug trace' ;;
    'templates publish:--log-level') echo 'info debug trace' ;;
    'templates metadata:--log-level') echo 'info debug trace' ;;
    'templates generate-docs:--log-level') echo 'info debug trace' ;;
    'exec:--log-level') echo 'info debug trace' ;;
    'exec:--log-format') echo 'text json' ;;
    'exec:--default-user-env-probe') echo 'none loginInteractiveShell interactiveShell loginShell' ;;
    'exec:--via') echo 'engine relay auto' ;;
    'run:--workspace-mount-consistency') echo 'consistent cached delegated' ;;
    'run:--gpu-availability') echo 'all detect none' ;;
    'run:--log-level') echo 'info debug trace' ;;
    'run:--log-format') echo 'text json' ;;
    'run:--default-user-env-probe') echo 'none loginInteractiveShell interactiveShell loginShell' ;;
    'run:--update-remote-user-uid-default') echo 'never on off' ;;
    'run:--buildkit') echo 'auto never' ;;
    'shell:--log-level') echo 'info debug trace' ;;
    'shell:--log-format') echo 'text json' ;;
    'shell:--default-user-env-probe') echo 'none loginInteractiveShell interactiveShell loginShell' ;;
    'shell:--via') echo 'engine relay auto' ;;
    'rebuild:--workspace-mount-consistency') echo 'consistent cached delegated' ;;
    'rebuild:--gpu-availability') echo 'all detect none' ;;
    'rebuild:--log-level') echo 'info debug trace' ;;
    'rebuild:--log-format') echo 'text json' ;;
    'rebuild:--default-user-env-probe') echo 'none loginInteractiveShell interactiveShell loginShell' ;;
    'rebuild:--update-remote-user-uid-default') echo 'never on off' ;;
    'rebuild:--buildkit') echo 'auto never' ;;
    'status:--log-level') echo 'info debug trace' ;;
    'status:--log-format') echo 'text json' ;;
    'stop:--log-level') echo 'info debug trace' ;;
    'stop:--log-format') echo 'text json' ;;
    'down:--log-level') echo 'info debug trace' ;;
    'down:--log-format') echo 'text json' ;;
    'logs:--log-level') echo 'info debug trace' ;;
    'logs:--log-format') echo 'text json' ;;
    'ports:--log-level') echo 'info debug trace' ;;
    'ports:--log-format') echo 'text json' ;;
    'forward:--log-level') echo 'info debug trace' ;;
    'forward:--log-format') echo 'text json' ;;
    'unforward:--log-level') echo 'info debug trace' ;;
    'unforward:--log-format') echo 'text json' ;;
    'sync:--log-level') echo 'info debug trace' ;;
    'sync:--log-format') echo 'text json' ;;
    'attach:--log-level') echo 'info debug trace' ;;
    'attach:--log-format') echo 'text json' ;;
    'attach:--default-user-env-probe') echo 'none loginInteractiveShell interactiveShell loginShell' ;;
    'inspect:--log-level') echo 'info debug trace' ;;
    'inspect:--log-format') echo 'text json' ;;
    'cp:--log-level') echo 'info debug trace' ;;
    'cp:--log-format') echo 'text json' ;;
  esac
}
_fairlead_words() {
  case $1 in
    'features info') echo 'manifest tags dependencies verbose' ;;
    'sync') echo 'status now pull push' ;;
    'completion') echo 'bash zsh fish' ;;
    help) _fairlead_commands fairlead '' ;;
  esac
}
# Whether files may follow the words of $1.
_fairlead_paths() {
  case $1 in
    'up' | 'features test' | 'features package' | 'features publish' | 'templates publish' | 'exec' | 'run' | 'shell' | 'rebuild' | 'status' | 'stop' | 'down' | 'forward' | 'cp' | 'plugin add' | 'plugin new' | 'config validate' | 'cache export' | 'cache import' | 'init') return 0 ;;
  esac
  return 1
}
_fairlead() {
  local words=() previous current mode=fairlead path= word i joined=
  # bash makes three words of --flag=value.
  for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
    if [[ $word == = && ${#words[@]} -gt 0 && ${words[${#words[@]}-1]} == --* ]]; then
      words[${#words[@]}-1]+==
      joined=1
    elif [[ -n $joined ]]; then
      words[${#words[@]}-1]+=$word
      joined=
    else
      words+=("$word")
    fi
  done
  local last=$((${#words[@]}-1))
  current=${words[last]} previous=${words[last-1]}
  if [[ $current == --*=* ]]; then
    previous=${current%%=*} current=${current#*=}
  elif [[ $previous == --*=* ]]; then
    previous=
  fi
  [[ ${words[0]##*/} == devcontainer ]] && mode=devcontainer
  COMPREPLY=()
  for ((i = 1; i < last; i++)); do
    word=${words[i]}
    if [[ $word == -* ]]; then
      [[ $word != *=* && -n $(_fairlead_value "$word") ]] && ((i++))
    elif [[ -n $(_fairlead_commands "$mode" "$path" "$word") ]]; then
      path=${path:+$path }$word
    else
      [[ $path == exec || $path == run ]] && { compopt -o default 2>/dev/null; return; }
      break
    fi
  done
  case $(_fairlead_value "$previous") in
    folder) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
    file) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    text) return ;;
    ?*) mapfile -t COMPREPLY < <(compgen -W "$(_fairlead_choices "$path" "$previous")" -- "$current"); return ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_fairlead_flags "$mode" "$path")" -- "$current")
  elif _fairlead_paths "$path"; then
    compopt -o default 2>/dev/null
  else
    mapfile -t COMPREPLY < <(compgen -W "$(_fairlead_commands "$mode" "$path") $(_fairlead_words "$path")" -- "$current")
  fi
}
complete -F _fairlead fairlead devcontainer
