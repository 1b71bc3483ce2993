#include "engine/build_output.hpp"

#include <gtest/gtest.h>

namespace fairlead {
namespace {

constexpr const char* banner = "===========\nFeature       : Bad\nOptions       :\n===========\n";

TEST(BuildOutput, TellsWhichFeatureFailedAndHowItsOutputEnded) {
  BuildOutput output;
  output.add("Step 8/9 : COPY x\n ---> 12ab\nStep 9/9 : RUN x\n ---> Running in 34cd\n");
  output.add(std::string("went wrong\n") + banner + "line 1\nli");
  output.add("ne 2\nERROR: Feature \"Bad\" (./bad) failed to install! Look at https://x.test\n");
  output.add(" ---> Removed intermediate container\n");
  const auto failed = output.failed_feature();
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->what, "Feature \"Bad\" (./bad) failed to install! Look at https://x.test");
  EXPECT_EQ(failed->tail, "  went wrong\n  line 1\n  line 2\n");
}

TEST(BuildOutput, ReadsWhatBuildKitPrints) {
  BuildOutput output;
  output.add("#9 [dev_containers_target_stage 5/5] RUN x\n#9 0.312 no such mirror\n");
  output.add("#9 0.313 ERROR: Feature \"Bad\" (./bad) failed to install!\n#9 ERROR: process\n");
  const auto failed = output.failed_feature();
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->tail, "  no such mirror\n");
}

TEST(BuildOutput, ShowsNoMoreThanItsEnd) {
  BuildOutput output;
  for (int i = 0; i < 500; ++i) output.add("line " + std::to_string(i) + '\n');
  output.add(std::string(100'000, 'x') + "\nERROR: Feature \"Bad\" (./bad) failed to install!");
  const auto failed = output.failed_feature();
  ASSERT_TRUE(failed);
  EXPECT_LT(failed->tail.size(), 2000U);
  EXPECT_EQ(failed->tail.find("line 485"), std::string::npos);
  EXPECT_NE(failed->tail.find("line 499"), std::string::npos);
}

TEST(BuildOutput, LeavesOtherFailuresAlone) {
  BuildOutput output;
  output.add("RUN exit 3\nfailed\n");
  EXPECT_FALSE(output.failed_feature());
}

}  // namespace
}  // namespace fairlead
