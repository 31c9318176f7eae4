// Maps the component kit onto tokens.css: sizes, colours and defaults are set here once, never at a place of use.
// Components are named, not imported: importing them here would load all of them with the first screen.
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const accent: MantineColorsTuple = [
  '#e3f1f2',
  '#c8e5e7',
  '#9fd0d4',
  '#72b8bd',
  '#489fa5',
  '#238890',
  '#12777e',
  '#0a6c74',
  '#085a61',
  '#06484e',
]

/** The kit's own greys are the neutral steps of tokens.css, light and dark. */
const gray: MantineColorsTuple = [
  '#f8f9fa',
  '#f1f3f4',
  '#e9ecee',
  '#e1e5e8',
  '#d2d8dc',
  '#b4bdc4',
  '#858f98',
  '#57616a',
  '#363e45',
  '#14181b',
]
const dark: MantineColorsTuple = [
  '#eceef0',
  '#cbd1d6',
  '#a4adb5',
  '#8d979f',
  '#4a535b',
  '#272d32',
  '#14171a',
  '#0f1113',
  '#0b0d0e',
  '#08090a',
]

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  colors: { accent, gray, dark },
  fontFamily: 'var(--font-sans)',
  fontFamilyMonospace: 'var(--font-mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '24px', xl: '28px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '4px', sm: '6px', md: '6px', lg: '10px', xl: '14px' },
  defaultRadius: 'sm',
  headings: { fontFamily: 'var(--font-sans)', fontWeight: '600' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: {
      defaultProps: { size: 'sm' },
      vars: (_theme: unknown, props: { size?: string }) => ({
        root:
          props.size?.startsWith('compact') === true
            ? {}
            : { '--button-height': props.size === 'xs' ? '28px' : '32px', '--button-padding-x': props.size === 'xs' ? '10px' : '12px' },
      }),
      styles: { label: { fontWeight: 500 } },
    },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 28 } },
    Input: {
      vars: (_theme: unknown, props: { size?: string }) => ({ wrapper: { '--input-height': props.size === 'xs' ? '28px' : '32px' } }),
    },
    InputWrapper: {
      styles: {
        label: { fontSize: 13, fontWeight: 500, marginBottom: 4 },
        description: { fontSize: 12, marginBottom: 4 },
        error: { fontSize: 12 },
      },
    },
    Checkbox: { defaultProps: { radius: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' }, styles: { root: { padding: 2 }, label: { padding: '2px 8px', fontWeight: 500 } } },
    Select: { defaultProps: { allowDeselect: false, checkIconPosition: 'right' } },
    NumberInput: { defaultProps: { hideControls: true } },
    Combobox: { defaultProps: { shadow: 'md' } },
    Tooltip: { defaultProps: { openDelay: 350, fz: 12, px: 8, py: 4 } },
    Menu: { defaultProps: { shadow: 'md', position: 'bottom-end', transitionProps: { duration: 120 } } },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 120 } } },
    Modal: {
      defaultProps: {
        centered: true,
        radius: 'lg',
        padding: 'lg',
        transitionProps: { duration: 120, transition: 'pop' },
        overlayProps: { backgroundOpacity: 0.45 },
      },
    },
  },
})

const shared = {
  '--mantine-color-body': 'var(--surface-page)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-bright': 'var(--text)',
  '--mantine-color-dimmed': 'var(--text-dim)',
  '--mantine-color-placeholder': 'var(--text-faint)',
  '--mantine-color-anchor': 'var(--accent-text)',
  '--mantine-color-error': 'var(--bad)',
  '--mantine-color-default': 'var(--surface-raised)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-disabled': 'var(--n3)',
  '--mantine-color-disabled-color': 'var(--n9)',
  '--mantine-color-disabled-border': 'var(--line)',
  '--mantine-color-gray-light': 'var(--n3)',
  '--mantine-color-gray-light-hover': 'var(--n4)',
  '--mantine-color-gray-light-color': 'var(--text-soft)',
  '--mantine-color-gray-outline': 'var(--line-strong)',
  '--mantine-color-gray-text': 'var(--text-dim)',
  '--mantine-color-accent-filled': 'var(--accent)',
  '--mantine-color-accent-filled-hover': 'var(--accent-hover)',
  '--mantine-color-accent-light': 'var(--accent-soft)',
  '--mantine-color-accent-light-color': 'var(--accent-text)',
  '--mantine-color-accent-text': 'var(--accent-text)',
  '--mantine-color-red-light': 'var(--bad-soft)',
  '--mantine-color-red-light-color': 'var(--bad)',
  '--mantine-color-red-text': 'var(--bad)',
}

/** The kit's own variables, pointed at the tokens of either palette. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: { '--mantine-font-size-default': '13px' },
  light: { ...shared, '--mantine-color-red-filled': 'var(--bad)', '--mantine-color-red-filled-hover': 'var(--bad-hover)' },
  dark: { ...shared, '--mantine-color-red-filled': '#c0363c', '--mantine-color-red-filled-hover': '#cc4046' },
})
