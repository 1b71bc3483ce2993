#pragma once

namespace fairlead {

/// Written beside the scripts of feature tests, which source it.
inline constexpr const char* test_library_name = "dev-container-features-test-lib";
inline constexpr const char* test_library = R"sh(#!/bin/bash
# For tests of Features:
#   check LABEL COMMAND...                     the command has to succeed
#   checkMultiple LABEL LEAST EXPRESSION...    so many of the expressions have to be true
#   reportResults                              at the end: says what failed, and exits so

FAILED=()

echoStderr() {
    echo "$@" 1>&2
}

check() {
    local label=$1
    shift
    echo -e "\n"
    echo -e "🔄 Testing '$label'"
    echo -e '\033[37m'
    if "$@"; then
        echo -e "\n"
        echo "✅  Passed '$label'!"
        return 0
    fi
    echo -e "\n"
    echoStderr "❌ '$label' check failed."
    FAILED+=("$label")
    return 1
}

checkMultiple() {
    local passed=0
    local label=$1
    local least=$2
    local expression=$3
    echo -e "\n"
    echo -e "🔄 Testing '$label'"
    shift 2
    while [ -n "$expression" ]; do
        if $expression; then passed=$((passed + 1)); fi
        shift
        expression=$1
    done
    if [ "$passed" -ge "$least" ]; then
        echo "✅ Passed '$label'!"
        return 0
    fi
    echoStderr "❌ '$label' check failed."
    FAILED+=("$label")
    return 1
}

reportResults() {
    if [ ${#FAILED[@]} -ne 0 ]; then
        echo -e "\n"
        echoStderr "💥  Failed tests: ${FAILED[*]}"
        exit 1
    fi
    echo -e "\n"
    echo "Test Passed!"
    exit 0
}
)sh";

}  // namespace fairlead
