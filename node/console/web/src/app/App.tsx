import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { App as AntApp, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { type ReactElement, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { HashRouter } from "react-router-dom";
import { ConsoleRoutes } from "./routes";
import { AccessProvider } from "./session";
import { theme } from "./theme";

/** App is the console: providers around the table of pages. */
export function App(): ReactElement {
  const { i18n } = useTranslation();
  const english = i18n.language === "en";
  const [queries] = useState(
    () =>
      new QueryClient({
        defaultOptions: { queries: { retry: false, refetchOnWindowFocus: true, networkMode: "always" } },
      }),
  );
  const locale = useMemo(() => {
    dayjs.locale(english ? "en" : "zh-cn");
    return english ? enUS : zhCN;
  }, [english]);
  return (
    <ConfigProvider theme={theme} locale={locale} button={{ autoInsertSpace: false }}>
      <AntApp component={false} notification={{ maxCount: 3 }}>
        <QueryClientProvider client={queries}>
          <AccessProvider>
            <HashRouter>
              <ConsoleRoutes />
            </HashRouter>
          </AccessProvider>
        </QueryClientProvider>
      </AntApp>
    </ConfigProvider>
  );
}
